"""Makes the pictures of the README: `python docs/pictures.py`.

Opens the screens of the arcade, with the shipped agents and a temporary data folder, and saves screenshots.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from arcade.context import Context
    from arcade.ui.scene import Place
    from arcade.window.app import App

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
SIZE = (1280, 720)


def main() -> None:
    """Save all pictures."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"DQN_ARCADE_HOME": home, "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
        sys.path.insert(0, str(ROOT))
        FOLDER.mkdir(exist_ok=True)
        _walk()


def _walk() -> None:
    import pygame

    from arcade.input.controls import Button, Press
    from arcade.scenes import places
    from arcade.ui.scene import Push
    from arcade.window.app import App
    from arcade.window.opening import make_context, open_display
    from games.registry import make

    open_display()
    context = make_context()
    app = App(context, [places.HomePage()], SIZE)

    def save(name: str, seconds: float = 2.0) -> None:
        app.run_for(seconds)
        window = pygame.display.get_surface()
        assert window is not None
        pygame.image.save(window, FOLDER / f"{name}.png")

    def show(place: "Place") -> None:
        app.stack.obey(Push(place))

    save("home", 4.0)
    show(places.GamePage("flappybird"))
    save("game_page")
    show(places.Play(make("snake")))
    _play_snake(app, _agent(context, "Snake ace"))
    save("play", 0.1)
    show(places.TrainSetup("cartpole"))
    save("setup")
    agent = _agent(context, "Flappy ace")
    show(places.Play(agent.game(), agent))
    save("watch", 6.0)
    show(places.Play(agent.game(), _agent(context, "Flappy learner"), rival=agent))
    save("race", 4.0)
    show(places.Agents())
    save("agents")
    show(places.Compare("snake", context.library.find("Snake ace")))
    app.run_for(1.0)
    _choose_all(app)
    save("compare", 0.5)
    show(places.Lab())
    _use_lab(app, save)
    _start_training(context)
    show(places.Dashboard())
    save("dashboard", 14.0)
    while context.is_training:
        app.run_for(0.5)
    show(places.History(context.library.find("Newcomer")))
    app.run_for(1.0)
    for _ in range(2):
        app.stack.obey(app.stack.top.handle(Press(Button.LEFT)))
    save("learning", 3.0)
    app.close()
    pygame.quit()


def _agent(context: "Context", name: str) -> Any:
    profile = context.library.find(name).profile
    assert profile is not None
    return profile


def _play_snake(app: "App", agent: Any) -> None:
    """Play with the arrow keys, as an agent would, until the score is 12."""
    import pygame

    from agents.acting.policy import greedy

    keys = (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN)
    policy = agent.policy()
    scene: Any = app.stack.top
    decided = -1  # tick of the last key press: one press per tick, as a person plays
    for _ in range(6000):
        batch = scene.match.round.batch
        if decided != batch.steps[0]:
            decided = int(batch.steps[0])
            seen = batch.game.observe(batch.state, agent.observation)
            key = keys[int(greedy(batch.in_game_order(policy.q_values(seen)), batch.legal_actions())[0])]
            for kind in (pygame.KEYDOWN, pygame.KEYUP):
                pygame.event.post(pygame.event.Event(kind, key=key, mod=0, unicode="", scancode=0))
        app.frame()
        if scene.match.round.score >= 12:
            return


def _choose_all(app: "App") -> None:
    """Add the other agents of the list to the comparison."""
    scene: Any = app.stack.top
    for entry in scene.list.items:
        if entry not in scene._places:
            scene._toggle(entry)


def _use_lab(app: "App", save: "Callable[[str, float], None]") -> None:
    """Let all methods learn at full speed, then finish the contest."""
    scene: Any = app.stack.top
    scene.show(scene.pages[1])
    scene.page.toggle()
    scene.page._speed.set(0)
    while scene.page.steps < 40_000:
        app.frame()
    save("lab", 0.5)
    scene.page.toggle()
    scene.show(scene.pages[2])
    scene.page._as_in_tutorial()
    while not scene.page.contest.done:
        app.frame()
    save("lab_contest", 0.5)


def _start_training(context: "Context") -> None:
    from agents.presets import preset
    from agents.training.plan import Plan
    from games.registry import make

    game = make("flappybird")
    context.start_training(Plan(game, "features", preset(game, "features", "quick"), name="Newcomer", preset="quick"))


if __name__ == "__main__":
    main()
