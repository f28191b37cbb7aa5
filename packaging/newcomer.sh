#!/bin/sh
# A newcomer's walk, from nothing to a server of one's own, and how long each step takes.
#
# usage: newcomer.sh [SOURCE]
#
# SOURCE is what is cloned; without, the checkout that this script stands in. Needs git, Rust and a C compiler, nothing of this
# machine's configuration. CARGO_TARGET_DIR, where it is set, is used: then what was built before is not built again.
set -eu

source=${1:-$(git -C "$(dirname "$0")" rev-parse --show-toplevel)}
work=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2> /dev/null || true
    rm -rf "$work"
}
trap finish EXIT

begun=$(date +%s%N)
last=$begun
step() { # WHAT
    now=$(date +%s%N)
    printf '%8d ms  %s\n' $(((now - last) / 1000000)) "$1"
    last=$now
}
quietly() { "$@" > "$work/said" 2>&1 || { cat "$work/said"; echo "FAILED: $*"; exit 1; }; }
reloaded() { # the server serves the next revision of the objects
    revision=$((revision + 1))
    kill -HUP "$server"
    until grep -q "revision=$revision" "$work/log"; do
        if grep -q 'nothing was changed' "$work/log" || ! kill -0 "$server"; then cat "$work/log"; exit 1; fi
        sleep 0.05
    done
}
token() { # NAME FOR
    quietly symbolon token request --wstrust "$STS_BASE/trust/13/usernamemixed" --ca "$STS_CA" --user "$1" \
        --password-file ".symbolon-dev/secrets/$1.password" --applies-to "$2" --certificate "$STS_SIGNING_CERT"
    grep -q "audience: $2" "$work/said"
}

cd "$work"
quietly git clone --quiet "$source" symbolon
cd symbolon
step "clone"

quietly cargo build --release --locked
PATH=${CARGO_TARGET_DIR:-$PWD/target}/release:$PATH
step "build"

cd "$work"
symbolon serve --dev --listen 127.0.0.1:0 > greeting 2> log &
server=$!
revision=1
until grep -q '^A JWT over OAuth' greeting; do
    kill -0 $server || { cat log; exit 1; }
    sleep 0.05
done
# The first command that the server prints, as it stands there.
grep -m 1 '^\$ ' greeting | sed 's/^\$ //' > command
quietly sh command
step "first token"

. ./.symbolon-dev/dev.env
quietly symbolon rp add urn:rp:mine --data .symbolon-dev --accounts alice
reloaded
token alice urn:rp:mine
step "a token for a relying party of one's own"

head -c 18 /dev/urandom | base64 > .symbolon-dev/secrets/bob.password
printf '[[account]]\nname = "bob"\npassword = "file:../secrets/bob.password"\n' > .symbolon-dev/objects.d/bob.toml
sed -i 's/^accounts = \["alice"\]/accounts = ["alice", "bob"]/' .symbolon-dev/objects.d/urn-rp-mine.toml
reloaded
token bob urn:rp:mine
step "a token for an account of one's own"

quietly symbolon init site --public-url https://localhost:8443
cp .symbolon-dev/objects.d/bob.toml .symbolon-dev/objects.d/urn-rp-mine.toml site/objects.d/
cp .symbolon-dev/secrets/bob.password site/secrets/
if symbolon check --config site/server.toml > said 2>&1 || ! grep -q 'server.toml:.*tls.crt' said; then
    cat said
    echo "FAILED: a certificate that is not there was passed over"
    exit 1
fi
cp .symbolon-dev/tls.crt .symbolon-dev/tls.key site/
quietly symbolon check --config site/server.toml
step "a production server's files, and their check"

quietly symbolon provision --config site/server.toml --dry-run
quietly symbolon provision --config site/server.toml
quietly symbolon account show bob --config site/server.toml
step "provision"

kill "$server"
wait "$server"
server=
last=$begun
step "all of it"
