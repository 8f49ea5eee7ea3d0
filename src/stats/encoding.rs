//! Histograms as text: HDR V2 deflate in base64, the form HdrHistogram's own tools read.
//!
//! Must not know where the text is kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram as Hdr;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};

use super::Histogram;
use super::dense::DIGITS;

/// A text that is not a histogram.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an HDR histogram in base64: {0}")]
pub struct DecodeError(String);

/// The histogram as text.
#[must_use]
pub fn encode(histogram: &Histogram) -> String {
    let mut dense = Hdr::<u64>::new(DIGITS).expect("the number of digits is one HDR offers");
    dense.auto(true);
    for &(value, count) in histogram.buckets() {
        dense
            .record_n(value, count)
            .expect("a histogram that resizes itself takes any value");
    }
    let mut bytes = Vec::new();
    V2DeflateSerializer::new()
        .serialize(&dense, &mut bytes)
        .expect("writing to memory cannot fail");
    STANDARD.encode(bytes)
}

/// The histogram behind a text.
///
/// # Errors
/// When the text is not base64 of an HDR histogram.
pub fn decode(text: &str) -> Result<Histogram, DecodeError> {
    let bytes = STANDARD
        .decode(text)
        .map_err(|error| DecodeError(error.to_string()))?;
    let dense: Hdr<u64> = Deserializer::new()
        .deserialize(&mut bytes.as_slice())
        .map_err(|error| DecodeError(error.to_string()))?;
    let buckets = dense.iter_recorded();
    Ok(Histogram::from_buckets(
        buckets
            .map(|bucket| {
                let value = dense.highest_equivalent(bucket.value_iterated_to());
                (value, bucket.count_at_value())
            })
            .collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_reads_back() {
        let histogram = Histogram::from_buckets(vec![(1, 3), (1023, 1), (10_007, 2)]);
        assert_eq!(decode(&encode(&histogram)), Ok(histogram));
        assert!(decode("no histogram").is_err());
    }
}
