#!/bin/sh
# Installs, starts, upgrades, removes and purges the package, in a copy-on-write view of this machine: nothing of it stays.
#
# usage: test-package.sh FIRST.deb NEXT.deb
#
# Prints what was checked, and a last line that `cargo xtask` counts. Needs root, overlayfs and dpkg; says `skipped:` without.
set -eu

if [ "${1-}" != inside ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cp "$1" "$work/first.deb"
    cp "$2" "$work/next.deb"
    cp "$0" "$work/test.sh"
    cp "$(dirname "$0")/container-root.sh" "$work/"
    can='mount -t tmpfs tmpfs "$1/over" && mkdir "$1/over/upper" "$1/over/work" &&
        mount -t overlay overlay -o "lowerdir=/,upperdir=$1/over/upper,workdir=$1/over/work" "$1/root"'
    mkdir "$work/root" "$work/over"
    if ! command -v dpkg > /dev/null || ! unshare --mount sh -c "$can" sh "$work" 2> /dev/null; then
        echo "skipped: the package's test needs root, overlayfs and dpkg"
        exit 0
    fi
    # The new root's own /dev, /proc and a /run without systemd.
    unshare --mount --pid --fork sh -euc "$can"'
        mount --rbind /dev "$1/root/dev"
        mount -t proc proc "$1/root/proc"
        mount -t tmpfs tmpfs "$1/root/run"
        mount -t tmpfs tmpfs "$1/root/tmp"
        mkdir "$1/root/tmp/package"
        cp "$1"/*.deb "$1"/*.sh "$1/root/tmp/package/"
        exec chroot "$1/root" sh /tmp/package/test.sh inside' sh "$work"
    exit
fi

passed=0
failed=0
check() { # WHAT COMMAND...
    what=$1
    shift
    if "$@" > /tmp/said 2>&1; then
        passed=$((passed + 1))
        echo "ok    $what"
    else
        failed=$((failed + 1))
        echo "FAIL  $what"
        sed 's/^/      /' /tmp/said
    fi
}
fails() { ! "$@"; }
says() { # TEXT COMMAND...
    text=$1
    shift
    "$@" 2>&1 | grep -qF -- "$text"
}
owned() { [ "$(stat -c '%U:%G %a' "$2")" = "$1" ]; }
gone() { [ ! -e "$1" ]; }
as="setpriv --reuid symbolon --regid symbolon --clear-groups --no-new-privs"
start() {
    $as symbolon serve --config /etc/symbolon/server.toml > /tmp/serving 2> /tmp/log &
    server=$!
    # Its first line says that it listens; before that there is nothing to ask.
    until grep -q '^listening on ' /tmp/serving; do
        kill -0 $server 2> /dev/null || { cat /tmp/log; return 1; }
        sleep 0.1
    done
    url=https://$(sed -n 's/^listening on \([^,]*\),.*/\1/p' /tmp/serving)
}
token() {
    symbolon token request --wstrust "$url/trust/13/usernamemixed" --ca /etc/symbolon/ca.crt --user alice \
        --password-file /etc/symbolon/secrets/alice.password --applies-to urn:rp:app --output token
}
# The certificate in a token: what relying parties have pinned.
signer() { token | grep -o '<ds:X509Certificate>[^<]*'; }
signed_as_before() { [ -n "$before" ] && [ "$(signer)" = "$before" ]; }
unchanged() { cmp -s "/tmp/kept/$1" "/etc/symbolon/$1"; }
stop() { kill "$server" && wait "$server"; }

cd /tmp/package
unset LD_LIBRARY_PATH
userdel symbolon 2> /dev/null || true
rm -rf /etc/symbolon /var/lib/symbolon

check "the package installs" dpkg -i first.deb
check "the program needs no library" fails says "=>" ldd /usr/bin/symbolon
check "the user is made" getent passwd symbolon
check "its state is its own" owned "symbolon:symbolon 700" /var/lib/symbolon
check "the sealing key is the server's to read alone" owned "root:symbolon 640" /etc/symbolon/sealing.key
check "secrets are the server's to read alone" owned "root:symbolon 750" /etc/symbolon/secrets
check "a server that nobody configured does not start" fails $as symbolon serve --config /etc/symbolon/server.toml
check "the check says what is missing" says "public_url" fails symbolon check
check "the manual is there" test -s /usr/share/man/man1/symbolon.1.gz
check "the bill of materials is there" grep -q CycloneDX /usr/share/doc/symbolon/symbolon.cdx.json
if command -v systemd-analyze > /dev/null; then
    check "the unit is valid" systemd-analyze verify --man=no /usr/lib/systemd/system/symbolon.service
    # Tenths: 2.0 of 10. What is left is the network and one capability.
    check "the unit is hardened" systemd-analyze security --offline=yes --threshold=20 /usr/lib/systemd/system/symbolon.service
else
    echo "skipped: systemd-analyze is not installed (Debian: apt-get install systemd)"
fi

cd /etc/symbolon
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority \
        -keyout /tmp/ca.key -out ca.crt
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout tls.key -out /tmp/tls.csr
    printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\n' > /tmp/names
    openssl x509 -req -in /tmp/tls.csr -CA ca.crt -CAkey /tmp/ca.key -CAcreateserial -CAserial /tmp/serial -days 2 \
        -extfile /tmp/names -out tls.crt
} 2> /dev/null
chown root:symbolon tls.key
chmod 0640 tls.key
sed -i 's|^# public_url = .*|public_url = "https://localhost:8443"|; s|^address = .*|address = "127.0.0.1:0"|; s|^operations = .*|operations = "127.0.0.1:0"|' server.toml
printf '[[account]]\nname = "alice"\npassword = "file:../secrets/alice.password"\n\n[[relying_party]]\nid = "urn:rp:app"\ntoken_types = ["saml2"]\naccounts = ["alice"]\n' > objects.d/mine.toml
head -c 18 /dev/urandom | base64 > secrets/alice.password
chown root:symbolon secrets/alice.password
chmod 0640 secrets/alice.password

check "the configured server passes its check" $as symbolon check
check "the configured server starts" start
check "it issues a token" says "<saml2:Assertion" token
before=$(signer) || before=
mkdir /tmp/kept
cp sealing.key server.toml objects.d/mine.toml /tmp/kept/
check "it ends when it is told to" stop

check "the next version installs over it" dpkg -i /tmp/package/next.deb
check "it is another version" says "+next" dpkg-query --show symbolon
check "the configuration stays" unchanged server.toml
check "the sealing key stays" unchanged sealing.key
check "the upgraded server starts" start
check "it signs with the same key" signed_as_before
check "it ends when it is told to" stop
check "the audit trail is whole" symbolon audit verify --config server.toml

check "the container's root is made" sh /tmp/package/container-root.sh /usr/bin/symbolon /tmp/container
check "the program runs in it without anything else" chroot --userspec=10001:10001 /tmp/container /usr/bin/symbolon --version
# An engine brings /etc/hosts. A static glibc looks names up by itself; nobody listens at port 1.
printf '127.0.0.1 sts.example\n' > /tmp/container/etc/hosts
cp ca.crt /tmp/container/etc/ca.crt
check "it looks names up without a library" says "Connection refused" \
    chroot --userspec=10001:10001 /tmp/container /usr/bin/symbolon doctor --as-client openid-client https://sts.example:1 --ca /etc/ca.crt

cd /
check "the package is removed" dpkg --remove symbolon
check "the program is gone" gone /usr/bin/symbolon
check "configuration and state stay" test -s /etc/symbolon/sealing.key -a -s /var/lib/symbolon/store.sqlite
check "the package is purged" dpkg --purge symbolon
check "configuration and keys are gone" gone /etc/symbolon
check "state is gone" gone /var/lib/symbolon
check "the user is gone" fails getent passwd symbolon

word=ok
[ $failed = 0 ] || word=FAILED
echo "test result: $word. $passed passed; $failed failed; 0 ignored"
[ $failed = 0 ]
