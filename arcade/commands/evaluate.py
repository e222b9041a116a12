"""`evaluate`: plays an agent over many games with a fixed seed."""

from argparse import Namespace

from agents.evaluation import Scorecard, evaluate
from agents.profile import Profile
from arcade.commands.common import find, open_library, tell_limit
from arcade.console import Console
from games.game import GameInfo


def evaluate_agent(arguments: Namespace, console: Console) -> int:
    """Evaluate an agent; see `arcade.cli` for the arguments."""
    entry, profile = find(open_library(), arguments.agent)
    if entry.problem:
        console.tell(entry.problem)
    game = profile.game()
    console.tell(f"Playing {arguments.episodes} games of {game.info.title} …")
    tell_limit(game.info, arguments.step_limit, console)
    card = evaluate(
        profile.policy(),
        game,
        profile.observation,
        episodes=arguments.episodes,
        seed=arguments.seed,
        epsilon=arguments.epsilon,
        step_limit=arguments.step_limit,
    )
    solved = card.solves(game)
    values = {
        "agent": profile.name,
        "game": profile.game_id,
        "observation": profile.observation,
        **card.to_dict(),
        "solved": solved,
        "scores": card.scores.tolist(),
    }
    console.result(values, *_lines(profile, card, game.info, solved))
    return 0


def _lines(profile: Profile, card: Scorecard, info: GameInfo, solved: bool) -> tuple[str, ...]:
    values = card.to_dict()
    return (
        f"{profile.name} on {profile.game_id}, {profile.observation}: {'solved' if solved else 'not solved'}",
        f"mean {card.mean:,.2f} ± {card.ci95:.2f} {info.score_name} over {card.episodes} games, "
        f"median {values['median']:g}, {values['min']} to {values['max']} (seed {card.seed}, epsilon {card.epsilon:g})",
    )
