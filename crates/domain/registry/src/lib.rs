//! Objects, administrators and change sets: the one way into the state.
