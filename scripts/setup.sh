# Sourced by the scripts beside it: a virtual environment with bitloop in it, made on first use.
#
#   setup_venv [extra]    makes or updates .venv (with the package's optional dependencies `extra`)
#   $root, $bin           the checkout and the environment's programs

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
bin="$root/.venv/bin"

setup_venv() {
    local extra="${1:-}" python stamp
    python="${PYTHON:-python3}"
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "bitloop needs Python 3.11 or later; install it, or name it: PYTHON=python3.12 $0" >&2
        return 1
    fi
    stamp="$(cat "$root/pyproject.toml" "$root/constraints.txt" | cksum) ${extra:-plain}"
    if grep -qxF "$stamp" "$root/.venv/bitloop-setup" 2>/dev/null; then
        return 0
    fi
    echo "setting up $root/.venv (once)" >&2
    if [ ! -x "$bin/python" ] && ! "$python" -m venv "$root/.venv" >/dev/null 2>&1; then
        rm -rf "$root/.venv"
        echo "$python cannot make virtual environments; on Debian: apt install python3-venv" >&2
        return 1
    fi
    # The constraints hold for what builds the package, too (older and newer pip read different variables).
    PIP_CONSTRAINT="$root/constraints.txt" PIP_BUILD_CONSTRAINT="$root/constraints.txt" \
        "$bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --no-input \
        --editable "$root${extra:+[$extra]}"
    # On every core, and without the packages' own tests; what cannot be compiled is none of ours.
    "$bin/python" -m compileall -q -j 0 -x '/tests/' "$root/.venv/lib" >/dev/null 2>&1 || true
    echo "$stamp" >>"$root/.venv/bitloop-setup"
}
