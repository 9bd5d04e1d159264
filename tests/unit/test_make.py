"""make clean: pages can be made again, release files cannot, so those stay."""

import shutil
import subprocess

import pytest


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_make_clean_keeps_release_files_and_nothing_else(root, tmp_path):
    shutil.copy(root / "Makefile", tmp_path)
    kept = "outputs/released/camden/camden_2024-03_dfe_1.zip"
    made = [kept, "outputs/released/camden/demand.html", "outputs/released/index.html", "outputs/released/camden/.x.zip.1-0.part"]
    made += ["outputs/released/brent/demand.html", "outputs/internal/camden/demand-INTERNAL.html", ".venv/bin/python", "params/private/x"]
    for name in made:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    for _ in range(2):
        subprocess.run(["make", "--silent", "clean"], cwd=tmp_path, check=True, capture_output=True)
        files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
        assert files == {kept, "params/private/x", "Makefile"}
    assert not (tmp_path / "outputs" / "internal").exists()
    assert not (tmp_path / "outputs" / "released" / "brent").exists()
    shutil.rmtree(tmp_path / "outputs")
    subprocess.run(["make", "--silent", "clean"], cwd=tmp_path, check=True, capture_output=True)
