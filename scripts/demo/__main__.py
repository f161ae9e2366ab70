"""Run the demo against a running shop. Exit status 0 when every step succeeded, 1 otherwise."""

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence

from scripts.demo.clients import Buyer, PortOne
from scripts.demo.events import receiving
from scripts.demo.operator import Operator
from scripts.demo.output import Output
from scripts.demo.scenarios import Demo
from scripts.demo.shop_server import ShopServer
from scripts.demo.web import StepFailed, Web

GENERATIONS = ("v1", "v2")
USERNAME, PASSWORD = "demo", "demo-pass-1234"
OPERATOR = "manager", "manager-pass-1234"


def options(arguments: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace:
    """The command line; the default addresses come from the ports of `make run`."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.demo",
        description="Three purchases through the public API of a running shop and one by the shop's own server, with"
        " each of PortOne's APIs; an operator sees them in the figures.",
    )
    shop = f"http://127.0.0.1:{environ.get('PORT') or 8080}"
    simulator = f"http://127.0.0.1:{environ.get('SIMULATOR_PORT') or 9090}"
    parser.add_argument("--url", default=shop, help="where the shop answers (%(default)s, from PORT)")
    parser.add_argument(
        "--simulator", default=simulator, help="where the PortOne simulator answers (%(default)s, from SIMULATOR_PORT)"
    )
    parser.add_argument("--generation", choices=GENERATIONS, help="only with this one of PortOne's APIs")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds a step may take (%(default)g)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run all scenarios."""
    wanted = options(arguments, environ)
    output, began = Output(), time.monotonic()
    shop = Web("the shop", "--url", wanted.url)
    simulator = Web("the PortOne simulator", "--simulator", wanted.simulator)
    generations = [wanted.generation] if wanted.generation else GENERATIONS
    admin = Web("the shop", "--url", wanted.url)
    operator = Operator(admin, wanted.timeout, output)
    try:
        operator.log_in(*OPERATOR)
        for generation in generations:
            demo = Demo(Buyer(shop, wanted.timeout, generation), PortOne(simulator), output)
            demo.log_in(USERNAME, PASSWORD)
            demo.verified_purchase()
            demo.lost_browser()
            demo.virtual_account()
        with receiving() as events:
            for generation in generations:
                server, guest = (Web("the shop", "--url", wanted.url) for _ in range(2))
                browser = Buyer(guest, wanted.timeout, generation)
                ShopServer(admin, server, browser, PortOne(simulator), events, wanted.timeout, output).sell()
        operator.see(payments=4 * len(generations))
    except StepFailed:
        return 1
    output.summary(time.monotonic() - began)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:], os.environ))
    except KeyboardInterrupt:
        sys.exit(130)
