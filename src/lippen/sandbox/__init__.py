"""Invermarrow, a town that does not exist: streams in the formats of real ones, and the truth kept apart.

write_sandbox("out/town", days=365, seed=1, scenario=load_scenario("bogus-calls"))
world = make_world(0, Scenario(), days=365, seed=1)
streams = draw_streams(world)
"""

from lippen.sandbox.generation import draw_streams, write_sandbox
from lippen.sandbox.scenario import Intervention, Scenario
from lippen.sandbox.scenario_file import load_scenario, parse_scenario, scenario_names
from lippen.sandbox.scenario_text import ScenarioError
from lippen.sandbox.world import World, make_world

__all__ = [
    "Intervention",
    "Scenario",
    "ScenarioError",
    "World",
    "draw_streams",
    "load_scenario",
    "make_world",
    "parse_scenario",
    "scenario_names",
    "write_sandbox",
]
