#!/bin/sh
# Installs from the folder it stands in, which `scripts/calminer pack` made. Asks no network for anything.
#   sh install.sh [--signers FILE] [--into FOLDER]
# FILE lists who may sign, a line each: calminer ssh-ed25519 AAAA...
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")"
signers='' into=/opt/calminer

refuse() {
    printf 'install.sh: %s\n' "$1" >&2
    exit 3
}

while [ $# -gt 0 ]; do
    case $1 in
        --signers | --into)
            [ $# -gt 1 ] || refuse "$1 needs a value."
            if [ "$1" = --into ]; then into=$2; else signers=$2; fi
            shift
            ;;
        *) refuse "there is no option $1." ;;
    esac
    shift
done

if [ -n "$signers" ]; then
    ssh-keygen -Y verify -f "$signers" -I calminer -n calminer-offline -s SHA256SUMS.sig <SHA256SUMS >/dev/null 2>&1 \
        || refuse 'the signature is missing or not by anybody in the list of signers. Nothing was installed.'
else
    printf 'install.sh: no --signers given, so nobody knows who made this.\n' >&2
fi
sha256sum --check --quiet --strict SHA256SUMS || refuse 'a file is not what was packed. Nothing was installed.'
listed=$(wc -l <SHA256SUMS)
present=$(find . -type f ! -name SHA256SUMS ! -name SHA256SUMS.sig | wc -l)
[ "$listed" -eq "$present" ] || refuse 'there are files that the list of checksums does not name. Nothing was installed.'
docker info >/dev/null 2>&1 || refuse 'no Docker engine answers.'

docker load --quiet --input images.tar >/dev/null
while read -r name; do
    docker image inspect "$name" >/dev/null 2>&1 || refuse "the image $name did not arrive."
done <IMAGES
mkdir -p "$into"
cp -R files/. "$into/"
printf 'Installed into %s. Next:\n  %s/scripts/calminer init\n  %s/scripts/calminer up\n' "$into" "$into" "$into"
