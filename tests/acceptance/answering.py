"""A Driftpin whose free provider speaks like OpenRouter, and may answer otherwise than consented to."""

from tests.acceptance.world import World
from tests.fakes.provider_replies import Says

ASKED = "meta/llama:free"
ADD = "/jobs add every day at 09:00 name=Brief | Summarise open incidents"
CONTRADICTIONS = {
    "another model": (Says(model="gpt-4o", cost=0.0004), "was answered by gpt-4o"),
    "another downstream provider": (
        Says(downstream="Together", cost=0.0),
        "came through Together instead of DeepInfra",
    ),
    "a cost": (Says(cost=0.0004), "was not free"),
}
"""What answers, and how the alert says so."""


class AnsweringWorld(World):
    """`router` is the free provider in OpenRouter's dialect, with one downstream provider."""

    entry = "only: [DeepInfra]"

    @property
    def router_url(self) -> str:
        return self.free.url

    def write_config(self, head: str) -> None:
        self.folder.joinpath("config.yaml").write_text(
            f"{head}\n"
            "providers:\n"
            f"  free-lab: {{base_url: '{self.free.url}', key_env: null, billing: free}}\n"
            f"  router: {{base_url: '{self.router_url}', key_env: null, billing: free,"
            f" like: openrouter, {self.entry}}}\n"
            f"  paid-lab: {{base_url: '{self.paid.url}', key_env: PAID_LAB_KEY, billing: paid}}\n"
        )
