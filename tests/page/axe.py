"""axe-core, which finds faults of accessibility in a page. It comes from the npm registry and is kept in build/."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

VERSION = "4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
# What a reader cannot get past. The rest of axe's rules is advice.
SERIOUS = ("serious", "critical")


def source(folder: Path):
    """The script, or None where it cannot be had."""
    archive = folder / f"axe-core-{VERSION}.tgz"
    if not archive.exists():
        if not shutil.which("npm"):
            return None
        folder.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(["npm", "pack", "--silent", f"axe-core@{VERSION}"], cwd=folder, timeout=120,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if packed.returncode != 0:
            return None
    content = archive.read_bytes()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != SHA512:
        archive.unlink()
        raise AssertionError(f"{archive} is not the axe-core {VERSION} that was looked at")
    with tarfile.open(archive) as package:
        return package.extractfile("package/axe.min.js").read().decode()


def faults(browser, script):
    """Serious faults of the page as it is now, one text for each."""
    if not browser.run("return 'axe' in window"):
        browser.run(script)
    found = browser.driver.execute_async_script("""
        const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then((result) => done(result.violations), (error) => done(String(error)));
    """)
    assert isinstance(found, list), found
    return [f"{fault['id']} ({fault['impact']}): {node['html'][:160]}: {node['failureSummary']}"
            for fault in found if fault["impact"] in SERIOUS for node in fault["nodes"]]
