# shellcheck shell=bash
# shellcheck disable=SC2034 # Much of this is used by those who include it.
# Shared by the scripts in this directory: `. "$(dirname "$0")/lib.sh"`. Not a program of its own.
#
# Sets REPO, CORRIDOR_CACHE, CARGO_TARGET_DIR and TOOLS; everything that is expensive to rebuild lives under
# CORRIDOR_CACHE, so that a second checkout or a `git clean` costs nothing.

set -euo pipefail

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CORRIDOR_CACHE=${CORRIDOR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/corridor}
export CORRIDOR_CACHE
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CORRIDOR_CACHE/target}
export CARGO_NET_RETRY=${CARGO_NET_RETRY:-5}
TOOLS=$CORRIDOR_CACHE/tools
# Written by scripts/setup, read by scripts/build-contracts: the prefix whose bin/ has the cargo and rustc for contracts.
CONTRACT_TOOLCHAIN_FILE=$TOOLS/contract-toolchain

# Colour belongs to a person at a terminal; https://no-color.org turns it off.
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
  BOLD=$'\033[1m' GREEN=$'\033[32m' YELLOW=$'\033[33m' RED=$'\033[31m' RESET=$'\033[0m'
else
  BOLD='' GREEN='' YELLOW='' RED='' RESET=''
fi

# step TEXT: what is being done now.
step() { printf '%s==>%s %s%s%s\n' "$GREEN" "$RESET" "$BOLD" "$*" "$RESET"; }
# note TEXT: a detail of the step.
note() { printf '    %s\n' "$*"; }
# warn TEXT: something is not as it should be, and the script goes on.
warn() { printf '%swarning:%s %s\n' "$YELLOW" "$RESET" "$*" >&2; }
# die TEXT...: says what was wrong (first) and what to do (the rest), and stops.
die() {
  printf '%serror:%s %s\n' "$RED" "$RESET" "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

# have PROGRAM: whether it is installed. A function of the script's own does not count, though it may bear a program's name.
have() { type -P "$1" >/dev/null; }

# as_root COMMAND...: runs it as root, through sudo when we are not.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "this needs root, and there is no sudo: $*" "Run that command as root, then run the script again."
  fi
}

# apt_install PACKAGE...: installs those that are not installed yet; returns 1 where apt cannot provide them.
apt_install() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  have apt-get || return 1
  note "apt-get install ${missing[*]}"
  # A lock held by unattended-upgrades is waited for; a package list older than the machine image is refreshed once.
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return 0
  as_root "${apt[@]}" update >/dev/null || return 1
  as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# ensure_cargo_tool NAME VERSION: a program from crates.io at exactly this version, in $TOOLS/bin.
ensure_cargo_tool() {
  local name=$1 version=$2
  if cargo install --list --root "$TOOLS" 2>/dev/null | grep -q "^$name v$version:"; then
    note "$name $version is installed"
    return 0
  fi
  step "Installing $name $version (built from source: some minutes)"
  # A fixed build directory lets an interrupted installation go on where it was; it is removed once it has served. These tools wait
  # for compilers most of the time: building them fast matters more than how fast they are.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 CARGO_PROFILE_RELEASE_DEBUG=false \
    cargo install "$name" --version "$version" --locked --root "$TOOLS" --target-dir "$TOOLS/build" \
    || die "cargo could not install $name $version" "The compiler's message is above. Run the script again after fixing it."
  rm -rf "$TOOLS/build"
}

# has_rust_src PREFIX: whether this toolchain brings the sources of core and alloc that a contract build compiles.
has_rust_src() { [ -f "$1/lib/rustlib/src/rust/library/core/src/lib.rs" ] && [ -f "$1/lib/rustlib/src/rust/library/Cargo.toml" ]; }

# find_rust_lld: prints the directory of a rust-lld, the linker of contract builds; returns 1 when there is none.
# Any recent toolchain's will do: it need not be that of the compiler used.
find_rust_lld() {
  local candidate sysroot
  sysroot=$(rustc --print sysroot 2>/dev/null || true)
  for candidate in "$sysroot"/lib/rustlib/*/bin/rust-lld \
    "${RUSTUP_HOME:-$HOME/.rustup}"/toolchains/*/lib/rustlib/*/bin/rust-lld "$TOOLS"/bin/rust-lld; do
    [ -x "$candidate" ] && { dirname "$candidate"; return 0; }
  done
  have rust-lld && dirname "$(command -v rust-lld)"
}

# claim_target_dir: has our own crates compiled again where another checkout used the target directory last. Cargo
# tells what is fresh by the time of a file alone: it would take the other checkout's code, and paths, for this one's.
# Not by cargo clean: that has had the node stack compiled again, too.
claim_target_dir() {
  local owner=$CARGO_TARGET_DIR/.checkout
  [ "$(cat "$owner" 2>/dev/null)" = "$REPO" ] && return 0
  if [ -d "$CARGO_TARGET_DIR/release" ]; then
    note "another checkout built here last: the workspace's own crates are compiled again"
    find "$REPO" \( -name .git -o -name target -o -name node_modules \) -prune -o -type f -exec touch -c {} +
  fi
  mkdir -p "$CARGO_TARGET_DIR"
  printf '%s\n' "$REPO" >"$owner"
}

# told FILE WORD PROCESS: what a program says after a word at the start of a line of its output, once it does. Its log is FILE
# with .log for .out.
told() {
  local text=''
  for _ in $(seq 300); do
    text=$(sed -n "s/^$2 //p" "$1")
    [ -z "$text" ] || break
    kill -0 "$3" 2>/dev/null || break
    sleep 0.1
  done
  [ -n "$text" ] || die "a program does not start; it should say $2" "$(tail -n 3 "${1%.out}.log")"
  echo "$text"
}

# end_jobs: ends every process this script has started in the background and waits for it; one that does not listen is killed.
end_jobs() {
  local processes
  processes=$(jobs -p)
  # shellcheck disable=SC2086 # One word for each.
  [ -z "$processes" ] || kill $processes 2>/dev/null || true
  for _ in $(seq 150); do
    processes=$(jobs -pr)
    [ -n "$processes" ] || break
    sleep 0.1
  done
  # shellcheck disable=SC2086
  [ -z "$processes" ] || kill -KILL $processes 2>/dev/null || true
  wait
}

# demo_chain DIRECTORY: starts a chain in the background (end_jobs ends it; CHAIN_URL) and plays the demo on it, which leaves its files in
# DIRECTORY/target/demo. Sets BIN, where the programs are.
demo_chain() {
  local work=$1 program chain
  BIN=${CORRIDOR_BIN:-$CARGO_TARGET_DIR/release}
  for program in corridor corridor-demo corridor-devnet corridor-gateway; do
    [ -x "$BIN/$program" ] || die "$BIN/$program is not built" "Run: cargo build --locked --release --workspace --bins"
  done
  note "the demo, on a chain of its own"
  "$BIN/corridor-devnet" --rpc-port 0 >"$work/chain.out" 2>"$work/chain.log" &
  chain=$!
  CHAIN_URL=$(told "$work/chain.out" RPC "$chain")
  "$BIN/corridor-demo" --url "$CHAIN_URL" --contracts "${CORRIDOR_CONTRACTS:-$REPO/target/contracts}" --out "$work/target/demo" \
    >"$work/demo.out" 2>&1 || die "the demo did not end as it should" "$(tail -n 5 "$work/demo.out")"
}
