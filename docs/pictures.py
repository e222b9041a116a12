"""Makes the pictures of the README: `python docs/pictures.py`.

Trains a few agents in a data folder of its own, then walks through the arcade with its keys and saves what it sees.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
SIZE = (1280, 720)

AGENTS = (
    ("catch", "Catch quick", ["--until-solved"]),
    ("cartpole", "Steady", []),
    ("flappybird", "Swift", ["--until-solved"]),
    ("snake", "Long", ["--observation", "features"]),
    ("nchain", "Patient", ["--until-solved"]),
)


def main() -> None:
    """Train, walk, save."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"DQN_ARCADE_HOME": home, "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
        sys.path.insert(0, str(ROOT))
        _train_agents()
        FOLDER.mkdir(exist_ok=True)
        _walk()


def _train_agents() -> None:
    from arcade.cli import main as command

    for game, name, more in AGENTS:
        command(["train", game, "--preset", "quick", "--name", name, *more])


def _walk() -> None:
    import pygame

    from arcade.app import App, make_context, open_display
    from arcade.scenes.agents import AgentsScene
    from arcade.scenes.dashboard import DashboardScene
    from arcade.scenes.game_page import GamePageScene
    from arcade.scenes.home import HomeScene
    from arcade.scenes.play import PlayScene
    from arcade.scenes.setup import TrainSetupScene
    from games.registry import make

    open_display()
    context = make_context()
    app = App(context, [HomeScene(context)], SIZE)

    def save(name: str, seconds: float = 2.0) -> None:
        app.run_for(seconds)
        pygame.image.save(pygame.display.get_surface(), FOLDER / f"{name}.png")

    def show(scene: object) -> None:
        app._obey(_push(scene))

    save("home", 4.0)
    show(GamePageScene(context, "flappybird"))
    save("game_page")
    show(PlayScene(context, make("snake")))
    _play_snake(app, context.library.find("Long").profile)
    save("play", 0.1)
    show(TrainSetupScene(context, "cartpole"))
    save("setup")
    agent = context.library.find("Swift").profile
    show(PlayScene(context, agent.game(), agent))
    save("watch", 6.0)
    show(AgentsScene(context, None))
    save("agents")
    _start_training(context)
    show(DashboardScene(context))
    save("dashboard", 14.0)
    app.close()
    pygame.quit()


def _push(scene: object) -> object:
    from arcade.scene import Push

    return Push(scene)


def _play_snake(app: object, agent: object) -> None:
    """Play some seconds with the arrow keys, as an agent advises."""
    import pygame

    from agents.policy import greedy

    keys = (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN)
    policy, scene = agent.policy(), app.stack[-1]
    for _ in range(900):
        batch = scene.round.batch
        seen = batch.game.observe(batch.state, agent.observation)
        key = keys[int(greedy(policy.q_values(seen), batch.legal_actions())[0])]
        for kind in (pygame.KEYDOWN, pygame.KEYUP):
            pygame.event.post(pygame.event.Event(kind, key=key, mod=0, unicode="", scancode=0))
        app.frame()
        if scene.round.score >= 9:
            return


def _start_training(context: object) -> None:
    from agents.presets import preset
    from agents.training import Plan
    from games.registry import make

    game = make("flappybird")
    context.start_training(Plan(game, "features", preset(game, "features", "quick"), name="Newcomer", preset="quick"))


if __name__ == "__main__":
    main()
