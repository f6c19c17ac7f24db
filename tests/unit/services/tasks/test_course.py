"""The course of the work: the same from the folders alone, over attempts, restarts and the end."""

from dataclasses import replace

from asking import asked, dataset, folder_of, tell

from zhisuan.services.tasks.course import (
    MOST_POINTS,
    Point,
    last_point,
    points_of,
    stage_words,
    thinned,
)


def running(workshop):
    """A task whose work has begun."""
    task = asked(workshop, dataset(workshop))
    workshop.turn()
    return task.job_id


def course(workshop, job_id):
    return points_of(workshop.centre, workshop.job(job_id))


def test_every_word_of_the_algorithm_is_a_point_with_its_seconds_of_work(workshop):
    job_id = running(workshop)
    workshop.clock.turn(2.0)
    tell(workshop, job_id, "read", 0.1)
    workshop.clock.turn(3.0)
    tell(workshop, job_id, "learn", 0.5, best_score=4.5, metric="rmse", higher_is_better=False)
    assert [(p.seconds, p.stage, p.fraction, p.best_score) for p in course(workshop, job_id)] == [
        (2.0, "read", 0.1, None),
        (5.0, "learn", 0.5, 4.5),
    ]
    last = last_point(workshop.centre, workshop.job(job_id))
    assert (last.metric, last.higher_is_better) == ("rmse", False)


def test_it_is_the_same_right_after_a_restart(workshop):
    job_id = running(workshop)
    tell(workshop, job_id, "read", 0.1)
    before = course(workshop, job_id)
    workshop.start_again()
    assert course(workshop, job_id) == before
    workshop.turn()
    assert course(workshop, job_id) == before


def test_work_that_goes_on_after_it_made_room_goes_on_on_the_curve_too(workshop):
    job_id = running(workshop)
    workshop.clock.turn(10.0)
    tell(workshop, job_id, "learn", 0.4)
    workshop.lose(job_id)
    workshop.turn(5.0)
    workshop.turn(1000.0)
    assert workshop.job(job_id).attempt == 2
    assert last_point(workshop.centre, workshop.job(job_id)).fraction == 0.4
    workshop.clock.turn(7.0)
    tell(workshop, job_id, "learn", 0.6)
    first, second = course(workshop, job_id)
    assert first.seconds == 10.0
    assert second.seconds == 15.0 + (second.at - workshop.job(job_id).started_at).total_seconds()


def test_it_stays_after_the_end(workshop):
    job_id = running(workshop)
    tell(workshop, job_id, "done", 1.0)
    workshop.end(job_id)
    workshop.turn(1.0)
    assert [point.stage for point in course(workshop, job_id)] == ["done"]


def test_what_is_no_word_of_progress_is_passed_over_and_half_a_line_waits(workshop):
    job_id = running(workshop)
    folder = folder_of(workshop, job_id)
    folder.tell({"note": "hello"})
    folder.tell({"at": "never", "stage": "read", "fraction": 0.1})
    tell(workshop, job_id, "read", 0.2, best_score=float("nan"), eta_s=True)
    with folder.events_file.open("a") as file:
        file.write('{"at": ')
    (point,) = course(workshop, job_id)
    assert (point.fraction, point.best_score, point.eta_s) == (0.2, None, None)
    assert folder.last_event()["fraction"] == 0.2


def test_very_many_points_are_thinned_and_keep_their_ends(workshop):
    point = Point(workshop.clock.now(), 0.0, "learn", 0.0, None)
    many = [replace(point, seconds=float(number)) for number in range(10_000)]
    few = thinned(many)
    assert len(few) == MOST_POINTS
    assert (few[0], few[-1]) == (many[0], many[-1])
    assert [p.seconds for p in few] == sorted({p.seconds for p in few})


def test_a_stage_has_the_words_of_the_card_and_plain_ones_where_it_says_nothing(workshop):
    catalogue = workshop.centre.catalogue
    assert stage_words(catalogue, "probe", "float_mops").zh == "测量浮点运算"
    assert stage_words(catalogue, "probe", "odd").zh == "正在计算"
    assert stage_words(catalogue, "gone", "odd").code == "odd"
