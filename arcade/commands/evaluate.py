"""`evaluate`: measures an agent over many games with a fixed seed."""

from argparse import Namespace

from agents.acting.evaluation import Scorecard, evaluate
from agents.storage.library import open_library
from agents.storage.profile import Profile
from arcade.commands.common import find, tell_limit
from arcade.commands.console import Console
from games.figures import plain
from games.game import Game


def evaluate_agent(arguments: Namespace, console: Console) -> int:
    """Evaluate an agent; see `arcade.commands.cli` for the arguments."""
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
    values = {
        "agent": profile.name,
        "game": profile.game_id,
        "observation": profile.observation,
        **card.to_dict(),
        "solved": card.solves(game),
        "scores": [plain(score) for score in card.scores.tolist()],
    }
    console.result(values, *_lines(profile, card, game))
    return 0


def _lines(profile: Profile, card: Scorecard, game: Game) -> tuple[str, ...]:
    values = card.to_dict()
    return (
        f"{profile.name} on {profile.game_id}, {profile.observation}: {card.verdict(game)}",
        f"mean {card.mean_words(game, 2)} ± {card.ci95:.2f} {game.info.score_name} over {card.games(game)}, "
        f"median {values['median']:g}, {values['min']:g} to {values['max']:g} "
        f"(seed {card.seed}, epsilon {card.epsilon:g})",
    )
