#!/bin/sh
# Makes the certificates of the TLS tests, valid for 100 years. Keys of no worth: they guard nothing.
# Needs OpenSSL 3. Run once; the results are committed.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

ec_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

ca() { # name
    ec_key "$work/$1.key"
    openssl req -x509 -new -key "$work/$1.key" -days 36500 -subj "/CN=Test root $1" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" -out "$1.pem"
}

# name, CA, subject alternative names, first day, last day
leaf() {
    [ -f "$1.key.pem" ] || ec_key "$1.key.pem"
    openssl req -new -key "$1.key.pem" -subj "/CN=$1" -out "$work/$1.csr"
    : > "$work/index.txt"
    cat > "$work/ca.cnf" <<CNF
[ca]
default_ca = d
[d]
database = $work/index.txt
serial = $work/serial
rand_serial = yes
new_certs_dir = $work
default_md = sha256
policy = p
unique_subject = no
x509_extensions = x
[p]
commonName = supplied
[x]
basicConstraints = CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $3
CNF
    openssl ca -batch -notext -config "$work/ca.cnf" -cert "$2.pem" -keyfile "$work/$2.key" \
        -startdate "$4" -enddate "$5" -in "$work/$1.csr" -out "$1.pem" 2>/dev/null
}

rm -f ./*.pem
ca ca
ca other_ca
here="DNS:localhost,IP:127.0.0.1,DNS:one.csms.example"
leaf server ca "$here" 20240101000000Z 21231231000000Z
leaf other_host ca "DNS:csms.example" 20240101000000Z 21231231000000Z
leaf expired ca "$here" 20200101000000Z 20200201000000Z
leaf future ca "$here" 20990101000000Z 21231231000000Z
leaf untrusted other_ca "$here" 20240101000000Z 21231231000000Z
leaf wildcard ca "DNS:*.csms.example" 20240101000000Z 21231231000000Z
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out server_rsa.key.pem
leaf server_rsa ca "$here" 20240101000000Z 21231231000000Z
leaf client ca "DNS:station-1" 20240101000000Z 21231231000000Z
openssl pkey -in client.key.pem -aes256 -passout pass:open -out client_encrypted.key.pem
