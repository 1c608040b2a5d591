//! A connection that can be cut: everybody knows its address, whatever port the program behind it has today.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

pub struct Proxy {
    pub address: SocketAddr,
    target: Arc<Mutex<Option<SocketAddr>>>,
    cuts: watch::Sender<u64>,
}

impl Proxy {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            target: Arc::default(),
            cuts: watch::Sender::new(0),
        };
        let (target, cuts) = (proxy.target.clone(), proxy.cuts.clone());
        tokio::spawn(async move {
            while let Ok((inbound, _)) = listener.accept().await {
                let target = *target.lock().unwrap();
                tokio::spawn(carry(inbound, target, cuts.subscribe()));
            }
        });
        proxy
    }

    pub fn lead_to(&self, address: SocketAddr) {
        *self.target.lock().unwrap() = Some(address);
    }

    /// Every connection ends now, in the middle of whatever it carries.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

async fn carry(mut inbound: TcpStream, target: Option<SocketAddr>, mut cuts: watch::Receiver<u64>) {
    let Some(target) = target else { return };
    let Ok(mut outbound) = TcpStream::connect(target).await else {
        return;
    };
    // Like a connection that is not delayed by a proxy.
    let _ = (inbound.set_nodelay(true), outbound.set_nodelay(true));
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut inbound, &mut outbound) => {}
        _ = cuts.changed() => {}
    }
}
