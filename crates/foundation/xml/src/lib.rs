//! XML for security protocols: guard, parse, owned elements, canonical form and a canonical writer.
