//! A requestor's and a relying party's library.
