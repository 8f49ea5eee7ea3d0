//! The one integration binary: several would link slowly.

mod transport;
