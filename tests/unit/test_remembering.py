"""What is remembered is forgotten in time, and never grows without end."""

from bot.remembering import Remembered


class Watch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_thing_is_known_until_its_time_is_over() -> None:
    watch = Watch()
    kept: Remembered[str] = Remembered(seconds=watch)
    kept.put("ana", "Oslo", 60)
    watch.seconds = 59.9
    assert kept.get("ana") == "Oslo"
    watch.seconds = 60
    assert kept.get("ana") is None
    assert kept.get("bob") is None


def test_a_thing_put_again_is_new() -> None:
    watch = Watch()
    kept: Remembered[str] = Remembered(seconds=watch)
    kept.put("ana", "Oslo", 60)
    watch.seconds = 50
    kept.put("ana", "Tokyo", 60)
    watch.seconds = 100
    assert kept.get("ana") == "Tokyo"


def test_of_too_many_things_the_oldest_are_forgotten() -> None:
    kept: Remembered[int] = Remembered(most=3)
    for number in range(5):
        kept.put(str(number), number, 60)
    kept.put("2", 22, 60)
    kept.put("5", 5, 60)
    assert [kept.get(str(number)) for number in range(6)] == [None, None, 22, None, 4, 5]
