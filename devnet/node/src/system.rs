use std::sync::Arc;

use futures::StreamExt;
use polkadot_sdk::{
    sc_rpc::system::{Health, NodeRole, Request, SyncState},
    sc_utils::mpsc::TracingUnboundedReceiver,
    sp_blockchain::HeaderBackend,
};

use corridor_devnet_runtime::OpaqueBlock;

use crate::node::Client;

/// Answers the `system_*` methods that ask about the network. There is none, which is a valid answer to each of them.
pub(crate) async fn answer(
    client: Arc<Client>,
    mut requests: TracingUnboundedReceiver<Request<OpaqueBlock>>,
) {
    while let Some(request) = requests.next().await {
        // A failed send means that the asking connection is gone.
        match request {
            Request::Health(reply) => {
                let _ = reply.send(Health {
                    peers: 0,
                    is_syncing: false,
                    should_have_peers: false,
                });
            }
            Request::LocalPeerId(reply) => {
                let _ = reply.send(String::new());
            }
            Request::LocalListenAddresses(reply) | Request::NetworkReservedPeers(reply) => {
                let _ = reply.send(Vec::new());
            }
            Request::Peers(reply) => {
                let _ = reply.send(Vec::new());
            }
            Request::NetworkState(reply) => {
                let _ = reply.send(serde_json::Value::Null);
            }
            Request::NetworkAddReservedPeer(_, reply) | Request::NetworkRemoveReservedPeer(_, reply) => {
                let _ = reply.send(Ok(()));
            }
            Request::NodeRoles(reply) => {
                let _ = reply.send(vec![NodeRole::Authority]);
            }
            Request::SyncState(reply) => {
                let best = client.info().best_number;
                let state = SyncState {
                    starting_block: 0,
                    current_block: best,
                    highest_block: best,
                };
                let _ = reply.send(state);
            }
        }
    }
}
