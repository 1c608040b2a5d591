//! Signatures of deliveries. Each webhook's secret is derived from one file, so that the store holds none.

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use std::path::Path;

/// Bytes of the file at least.
const LEAST_BYTES: usize = 32;

/// Secrets of all webhooks.
pub struct Secrets {
    master: SecretSlice<u8>,
}

impl Secrets {
    /// Reads the file they are derived from.
    ///
    /// # Errors
    /// The text for the operator: unreadable, readable by others, too short.
    pub fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let metadata =
                std::fs::metadata(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
            let mode = metadata.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(format!(
                    "{shown} can be read by others (mode {:o}): run chmod 600",
                    mode & 0o777
                ));
            }
        }
        let bytes = std::fs::read(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
        if bytes.len() < LEAST_BYTES {
            return Err(format!(
                "{shown} has less than {LEAST_BYTES} bytes: make it with `openssl rand -hex 32`"
            ));
        }
        Ok(Self { master: bytes.into() })
    }

    fn secret(&self, webhook_id: &str) -> [u8; 32] {
        mac(
            self.master.expose_secret(),
            &[b"corridor/webhook/v1", &[0], webhook_id.as_bytes()],
        )
    }

    /// A webhook's secret, for its owner: `whsec_` and hexadecimal digits, all of which are the HMAC's key.
    #[must_use]
    pub fn reveal(&self, webhook_id: &str) -> String {
        format!("whsec_{}", hex::encode(self.secret(webhook_id)))
    }

    /// `t=SECONDS,v1=HEX`: HMAC-SHA256 over the seconds, a dot, and the body.
    #[must_use]
    pub fn signature(&self, webhook_id: &str, seconds: u64, body: &[u8]) -> String {
        let key = self.reveal(webhook_id);
        let stamp = seconds.to_string();
        let mac = mac(key.as_bytes(), &[stamp.as_bytes(), b".", body]);
        format!("t={stamp},v1={}", hex::encode(mac))
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // An HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_documented_one() {
        let secrets = Secrets {
            master: vec![7; 32].into(),
        };
        let key = secrets.reveal("w1");
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length");
        mac.update(b"1700000000.{\"id\":\"1-2\"}");
        let expected = format!("t=1700000000,v1={}", hex::encode(mac.finalize().into_bytes()));
        assert_eq!(
            secrets.signature("w1", 1_700_000_000, b"{\"id\":\"1-2\"}"),
            expected
        );
        assert_ne!(secrets.reveal("w1"), secrets.reveal("w2"));
    }

    #[test]
    fn a_file_others_can_read_or_a_short_one_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("corridor-webhook-secret-{}", std::process::id()));
        let with = |bytes: &[u8], mode| {
            std::fs::write(&path, bytes).expect("writable");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("own file");
            Secrets::read(&path).err()
        };
        assert!(with(&[1; 32], 0o644).expect("refused").contains("chmod 600"));
        assert!(with(&[1; 31], 0o600).expect("refused").contains("32 bytes"));
        assert!(with(&[1; 32], 0o600).is_none());
        std::fs::remove_file(&path).expect("own file");
    }
}
