//! The configuration files the demonstration leaves: for the command, and for a gateway of each institution.

use super::{
    cast::{Cast, Institution, DUTIES},
    setting::Setting,
    Stage,
};
use crate::{message, Failure};
use corridor_client::AddressText;
use std::path::PathBuf;

/// Where the gateways' files are, stores and all.
pub const GATEWAYS: &str = "gateway";

/// The first gateway's port; each has the next.
const FIRST_PORT: u16 = 8080;

const WARNING: &str = "Development keys: for development chains only!";

/// Writes a corridor.toml for each institution and one for whoever governs and issues, and a gateway.toml for each institution.
pub fn write(stage: &Stage, cast: &Cast, setting: &Setting) -> Result<Vec<PathBuf>, Failure> {
    let settlement = AddressText(setting.settlement);
    let mut files = vec![("operator.toml".into(), operator(&stage.url, settlement))];
    for (institution, port) in cast.institutions.iter().zip(FIRST_PORT..) {
        let short = institution.short;
        files.push((
            format!("{short}.toml"),
            command(institution, &stage.url, settlement),
        ));
        files.push((
            format!("{GATEWAYS}/{short}.toml"),
            gateway(institution, port, &stage.url, settlement),
        ));
    }
    std::fs::create_dir_all(stage.demo.out.join(GATEWAYS)).map_err(Failure::internal)?;
    let mut paths = Vec::new();
    for (name, text) in files {
        let path = stage.demo.out.join(name);
        message::write(&path, &text)?;
        paths.push(path);
    }
    Ok(paths)
}

fn operator(url: &str, settlement: AddressText) -> String {
    format!(
        "# Whoever governs the settlement contract and issues the money, in the demo. {WARNING}\n\
         url = \"{url}\"\nsettlement = \"{settlement}\"\nstore = \"operator.sqlite\"\n\n[keys]\n\
         governor = \"//Governor\"\nissuer = \"//Issuer\"\nguardian = \"//Guardian\"\n"
    )
}

fn command(institution: &Institution, url: &str, settlement: AddressText) -> String {
    let (short, agent, prefix) = (institution.short, agent(institution), institution.prefix());
    let keys: String = DUTIES
        .iter()
        .map(|duty| format!("{} = \"//{prefix}{duty}\"\n", duty.to_lowercase()))
        .collect();
    format!(
        "# One institution of the demo. {WARNING}\n\
         url = \"{url}\"\nsettlement = \"{settlement}\"\nstore = \"{short}.sqlite\"\nparticipant = \"{agent}\"\n\n[keys]\n{keys}"
    )
}

fn gateway(institution: &Institution, port: u16, url: &str, settlement: AddressText) -> String {
    let (short, agent, prefix) = (institution.short, agent(institution), institution.prefix());
    let signers: String = DUTIES
        .iter()
        .map(|duty| format!("{} = [\"//{prefix}{duty}\"]\n", duty.to_lowercase()))
        .collect();
    format!(
        "# The gateway of one institution of the demo. {WARNING}\n\
         # It signs with the keys of ../{short}.toml: while it runs, leave to it what they sign.\n\
         name = \"{short}\"\nlisten = \"127.0.0.1:{port}\"\nparticipant = \"{agent}\"\n\n\
         [store]\nurl = \"sqlite:{short}.sqlite\"\nsigning = \"{short}-signing\"\n\n\
         [chain]\nurl = \"{url}\"\nsettlement = \"{settlement}\"\n\n\
         [signers]\n{signers}\n\
         # `corridor --config {short}.toml index` keeps it.\n\
         [explorer]\nindex = \"../corridor-index.sqlite\"\naccess = \"public\"\n"
    )
}

fn agent(institution: &Institution) -> String {
    let first = institution.agents.first();
    first.map(ToString::to_string).unwrap_or_default()
}
