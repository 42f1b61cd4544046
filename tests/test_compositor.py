"""Screens are drawn as Textual draws them, by asking fewer widgets."""

import random

import pytest
from textual._compositor import Compositor
from textual.geometry import Region

from tests.walk_world import program


def same(chops, others) -> bool:
    return [list(line.items()) for line in chops] == [list(line.items()) for line in others]


@pytest.mark.parametrize("size", [(80, 24), (130, 40), (60, 18)])
async def test_every_part_of_a_screen_is_drawn_as_textual_draws_it(tmp_path, size):
    chance = random.Random(3)
    async with program(tmp_path, size=size) as (app, pilot):
        for key in ("", "1", "down", "f8", "f7", "2", "end"):
            if key:
                await pilot.press(key)
            await pilot.pause()
            compositor = app.screen._compositor
            for _ in range(20):
                lines = set(chance.sample(range(size[1]), chance.randint(1, 6)))
                crop = Region(0, min(lines), size[0], max(lines) - min(lines) + 1)
                ours = compositor._render_chops(crop, lines.__contains__)
                assert same(ours, Compositor._render_chops(compositor, crop, lines.__contains__))
            whole = Region(0, 0, *size)
            ours = compositor._render_chops(whole, lambda y: True)
            assert same(ours, Compositor._render_chops(compositor, whole, lambda y: True))
            assert all(strip is not None for line in ours for strip in line.values())
