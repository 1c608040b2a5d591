//! `corridor-gateway`: serve, check, and look after keys and webhooks.

mod key;
mod webhook;

use crate::{config::Config, server, store::Store, traces::Traces};
use clap::{Parser, Subcommand};
use corridor_client::KeySource;
use std::path::PathBuf;

/// The HTTP interface of Corridor for bank systems: requests stored durably before they are answered, ISO 20022 next to
/// JSON, webhooks and live events. Several gateways may share one store
#[derive(Debug, Parser)]
#[command(name = "corridor-gateway", version, max_term_width = 110)]
pub struct Arguments {
    /// The configuration file; docs/gateway.md describes all of it
    #[arg(
        long,
        global = true,
        default_value = "gateway.toml",
        env = "CORRIDOR_GATEWAY_CONFIG"
    )]
    config: PathBuf,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or Ctrl-C, then finish what is under way
    Serve,
    /// Check the configuration file and the files it names, keys included; connect to nothing
    CheckConfig,
    /// Print the OpenAPI description
    Openapi,
    /// Make, list and revoke API keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// List webhooks and dead letters, try dead letters again
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
}

/// Carries out the command line.
///
/// # Errors
/// What was wrong, where, and what to do, for the operator.
pub async fn run(arguments: Arguments) -> Result<(), String> {
    let config = || Config::read(&arguments.config).map_err(|error| error.to_string());
    match arguments.command {
        Command::Serve => serve(config()?).await,
        Command::CheckConfig => check(&config()?),
        Command::Openapi => {
            let text =
                serde_json::to_string_pretty(&crate::router::openapi()).map_err(|error| error.to_string())?;
            println!("{text}");
            Ok(())
        }
        Command::Key(command) => command.run(&open(&config()?).await?).await,
        Command::Webhook(command) => command.run(&open(&config()?).await?).await,
    }
}

async fn open(config: &Config) -> Result<Store, String> {
    Store::open(&config.store.url, 2)
        .await
        .map_err(|error| error.to_string())
}

fn check(config: &Config) -> Result<(), String> {
    if let Some(tls) = &config.tls {
        server::tls(tls)?;
    }
    if let Some(webhooks) = &config.webhooks {
        crate::webhook::Secrets::read(&webhooks.secret)?;
    }
    for path in config.signers.files() {
        // Neither the key nor its account is shown.
        KeySource::File(path.into())
            .load()
            .map_err(|error| format!("[signers] file:{}: {error}", path.display()))?;
    }
    println!("The configuration of {} is in order.", config.name);
    Ok(())
}

async fn serve(config: Config) -> Result<(), String> {
    let traces = Traces::of(&config)?;
    crate::log::start(traces.as_ref());
    serve_until_stopped(config).await?;
    // One that had to stop by itself does not wait for a collector.
    if let Some(traces) = traces {
        traces.finish().await;
    }
    Ok(())
}

async fn serve_until_stopped(config: Config) -> Result<(), String> {
    // Before anything else: told to stop while it starts, it ends in order, too.
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .map_err(|error| error.to_string())?;
    let mut running = tokio::select! {
        started = server::start(config) => started.map_err(|error| error.to_string())?,
        _ = terminate.recv() => {
            tracing::info!("stopped before it listened");
            return Ok(());
        }
    };
    // For scripts: the port may have been 0.
    println!("LISTENING {}", running.address);
    let ended = tokio::select! {
        ended = &mut running.finished => ended,
        _ = terminate.recv() => leave(&mut running, &mut terminate).await,
        // Somebody waits at a terminal, and no balancer asks.
        _ = tokio::signal::ctrl_c() => running.stop().await,
    };
    ended
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())
}

/// Leaves in order; a second signal says that nobody needs to be told any more.
async fn leave(
    running: &mut server::Running,
    terminate: &mut tokio::signal::unix::Signal,
) -> Result<Result<(), server::ServeError>, tokio::task::JoinError> {
    tokio::select! {
        ended = running.leave() => return ended,
        _ = terminate.recv() => {}
    }
    running.stop().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    fn write(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).expect("written");
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
    }

    #[test]
    fn signing_keys_in_files_have_to_be_readable_and_are_never_shown() {
        let home = tempfile::tempdir().expect("a directory");
        let text = "name = \"g\"\nparticipant = \"BKCHCNBJ\"\n[store]\nurl = \"sqlite:g.sqlite\"\n\
                    [chain]\nurl = \"ws://127.0.0.1:1\"\nsettlement = \"0x18d22cee3cacba6fafda2bc88f0d7a3d3dd2f6a4\"\n\
                    [signers]\ninstructor = [\"//Bob\", \"file:a.key\"]\nguardian = [\"file:b.key\"]\n";
        let config = Config::parse(text, home.path()).expect("a configuration");
        let [first, second] = ["a.key", "b.key"].map(|name| home.path().join(name));
        write(&first, PHRASE, 0o600);
        let wrong = |path: &Path| {
            let error = check(&config).expect_err("not in order");
            assert!(error.contains(&path.display().to_string()), "{error}");
            assert!(!error.contains("curtain"), "{error}");
            error
        };
        wrong(&second);
        write(&second, &PHRASE.replace("walk", "curtain"), 0o600);
        wrong(&second);
        write(&second, PHRASE, 0o600);
        check(&config).expect("in order");
        write(&first, PHRASE, 0o644);
        assert!(wrong(&first).contains("644"));
    }
}
