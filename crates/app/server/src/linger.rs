//! A stream whose end waits a moment for the other side's.
//!
//! In:  a TCP stream, with TLS or without.
//! Out: the same, but its shutdown discards what still arrives, within bounds, before the socket closes.
//! Never: more than [`OCTETS`] or [`TIME`] spent on it.
//!
//! A socket that is closed while unread octets wait in it is reset, and the reset overtakes the answer: a client that still
//! sends a body that is too large would see `connection reset`, not 413 (RFC 9112 §9.6).

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_rustls::server::TlsStream;

/// LIMIT: what a client may have in flight when it is refused; 16 MiB is more than a socket's buffers hold.
const OCTETS: usize = 16 << 20;
/// LIMIT: how long a connection that has ended keeps its place.
const TIME: Duration = Duration::from_secs(2);

/// The TCP stream below.
pub(crate) trait Below: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    fn tcp(&mut self) -> &mut TcpStream;
}

impl Below for TcpStream {
    fn tcp(&mut self) -> &mut TcpStream {
        self
    }
}

impl Below for TlsStream<TcpStream> {
    fn tcp(&mut self) -> &mut TcpStream {
        self.get_mut().0
    }
}

/// See the file.
pub(crate) struct Lingering<T> {
    stream: T,
    discarded: usize,
    until: Option<Pin<Box<Sleep>>>,
}

impl<T: Below> Lingering<T> {
    pub(crate) fn new(stream: T) -> Self {
        Self { stream, discarded: 0, until: None }
    }

    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let until = self.until.get_or_insert_with(|| Box::pin(tokio::time::sleep(TIME)));
        if until.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let mut room = [0; 16 << 10];
        while self.discarded < OCTETS {
            // Below TLS: nobody reads it, so nobody need decrypt it.
            let mut buffer = ReadBuf::new(&mut room);
            let read = ready!(Pin::new(self.stream.tcp()).poll_read(cx, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                break;
            }
            self.discarded = self.discarded.saturating_add(buffer.filled().len());
        }
        Poll::Ready(())
    }
}

impl<T: Below> AsyncRead for Lingering<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<T: Below> AsyncWrite for Lingering<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, octets)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.until.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        }
        self.poll_discard(cx).map(Ok)
    }
}
