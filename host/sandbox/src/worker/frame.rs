//! Frames: how messages are told apart on a pipe. Each is preceded by its length, four bytes, the lowest first.
//! It does not know what they say.

use std::io::{self, Read, Write};

/// The largest frame that its length can say.
pub(crate) const LARGEST: usize = u32::MAX as usize;

/// Writes a frame.
pub(crate) fn write(output: &mut impl Write, frame: &[u8]) -> io::Result<()> {
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(frame)
}

/// Reads a frame; nothing if the pipe has ended before it. Memory is taken as the bytes arrive, not as they are promised.
pub(crate) fn read(input: &mut impl Read, most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut length = Vec::with_capacity(4);
    input.by_ref().take(4).read_to_end(&mut length)?;
    if length.is_empty() {
        return Ok(None);
    }
    let length = length.try_into().map_err(|_| io::ErrorKind::UnexpectedEof)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > most {
        return Err(io::Error::other(format!("a frame of {length} bytes, where {most} are the most")));
    }
    let mut frame = Vec::new();
    input.take(length as u64).read_to_end(&mut frame)?;
    if frame.len() == length { Ok(Some(frame)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Reads a frame that must be there, of any size.
pub(super) fn expect(input: &mut impl Read) -> io::Result<Vec<u8>> {
    read(input, LARGEST)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_frame_that_is_too_large_is_refused_before_it_is_read() {
        let mut pipe = Vec::new();
        write(&mut pipe, b"four").unwrap();
        assert_eq!(read(&mut pipe.as_slice(), 4).unwrap().unwrap(), b"four");
        assert!(read(&mut pipe.as_slice(), 3).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_frames_or_an_error(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..5), cut in 0_usize..250) {
            let mut pipe = Vec::new();
            frames.iter().try_for_each(|frame| write(&mut pipe, frame)).unwrap();
            let cut = cut.min(pipe.len());
            let mut input = &pipe[..cut];
            let mut heard = Vec::new();
            let end = loop {
                match read(&mut input, 100) {
                    Ok(Some(frame)) => heard.push(frame),
                    end => break end,
                }
            };
            prop_assert!(frames.starts_with(&heard));
            prop_assert!(end.is_err() || heard.iter().map(|frame| frame.len() + 4).sum::<usize>() == cut);
        }
    }
}
