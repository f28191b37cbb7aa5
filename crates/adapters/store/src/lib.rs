//! The store: memory and SQLite behind the kernel's port.
