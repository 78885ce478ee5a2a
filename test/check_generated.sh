#!/bin/sh
# SQL types, documents and counts agree with the lists they are made from.
exec perl "$(dirname "$0")/../tools/generate.pl" --check
