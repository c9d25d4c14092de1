#!/usr/bin/env bash
# The built wheel in new virtual environments: the light install first, then the whole path to a picture.
set -euo pipefail
wheel=$(ls dist/mezzotint-*.whl)
test "$(stat -c %s "$wheel" 2>/dev/null || stat -f %z "$wheel")" -le 12000000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$(pwd)

"$PYTHON" -m venv "$work/light"
"$work/light/bin/python" -m pip --disable-pip-version-check install -q "$wheel"
cd "$work"
printf 'a (red:1.2) circle\n' > good.txt
printf 'a clock showing 10:30' > bad.txt
light/bin/mezzotint check good.txt
if light/bin/mezzotint check bad.txt; then echo "bad.txt passed the check"; exit 1; fi
light/bin/mezzotint parse "a [cat:dog:0.5]" > tree.txt
light/bin/mezzotint tokens "a (red:1.2) circle" > tokens.txt
light/bin/mezzotint conformance > conformance.txt
grep -q "^attention 1109/1109" conformance.txt
if light/bin/python -c "import torch" 2>/dev/null; then echo "the light install brings torch"; exit 1; fi
if light/bin/mezzotint render "a circle" -o x.png 2> refusal.txt; then echo "rendered without torch?"; exit 1; fi
grep -q "mezzotint\[render\]" refusal.txt

"$PYTHON" -m venv "$work/full"
"$work/full/bin/python" -m pip --disable-pip-version-check install -q -c "$root/constraints.txt" "$root/$wheel[render]"
full/bin/mezzotint render "red circle, blue background" --steps 4 --seed 1 -o picture.png
full/bin/mezzotint reproduce picture.png
full/bin/mezzotint conformance
echo "the wheel works: $(basename "$wheel"), $(du -h "$root/$wheel" | cut -f1)"
