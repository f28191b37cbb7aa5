#!/bin/sh
# Fills ROOT with everything that a container of Symbolon needs: the static program, its user, its folders. Nothing else: no
# shell, no package manager, no library.
#
# usage: container-root.sh PROGRAM ROOT
#
# Containerfile runs it, and so does the package's test, without an engine.
set -eu

program=$1
root=$2

mkdir -p "$root/usr/bin" "$root/etc/symbolon" "$root/var/lib/symbolon" "$root/tmp"
cp "$program" "$root/usr/bin/symbolon"
chmod 0755 "$root/usr/bin/symbolon"
printf 'root:x:0:0:root:/:/sbin/nologin\nsymbolon:x:10001:10001:Symbolon:/var/lib/symbolon:/sbin/nologin\n' > "$root/etc/passwd"
printf 'root:x:0:\nsymbolon:x:10001:\n' > "$root/etc/group"
chmod 0700 "$root/var/lib/symbolon"
chmod 1777 "$root/tmp"
if [ "$(id -u)" = 0 ]; then
    chown 10001:10001 "$root/var/lib/symbolon"
fi
