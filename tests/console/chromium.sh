#!/bin/sh
# Runs the Chromium of this machine with the given arguments: the program that
# CHROMIUM names, else the first of the usual names.
for program in ${CHROMIUM:-chromium chromium-browser google-chrome}; do
    if command -v "$program" >/dev/null; then
        exec "$program" "$@"
    fi
done
echo "There is no Chromium here. Install it with \`cargo xtask ci --install\` or" >&2
echo "\`apt-get install chromium\`, or name its program in the variable CHROMIUM." >&2
exit 127
