"""The contender of Python, subprocess.Popen: host.py BYTES DESCRIPTORS. See host.mjs; a task is said there why."""

import json
import mmap
import os
import resource
import signal
import subprocess
import sys
import time

MIN_ROUNDS = 2
MIN_TURN = 3
HUNDRED = 100
PROGRAM = "/bin/true"


def start(program):
    null = subprocess.DEVNULL
    return subprocess.Popen([program], stdin=null, stdout=null, stderr=null)


def now():
    return time.perf_counter() * 1e6


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * mmap.PAGESIZE


def open_descriptors():
    return len(os.listdir("/proc/self/fd")) - 1


def occupy(size, descriptors):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for _ in range(open_descriptors(), descriptors):
        os.open("/dev/null", os.O_RDONLY)
    missing = size - resident()
    if missing <= 0:
        return None
    memory = mmap.mmap(-1, missing, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for at in range(0, missing, mmap.PAGESIZE):
        memory[at] = 1
    return memory


def one(names, budget, starts, turn):
    held, exited = [], []
    until = now() + float(budget) * 1e3
    rounds = 0
    while rounds < MIN_ROUNDS or now() < until:
        rounds += 1
        take_turn(held, exited, int(starts), float(turn) * 1e3)
    return {names: {"held": held, "execed": held, "exited": exited}}


def take_turn(held, exited, starts, turn):
    until = now() + turn
    count = 0
    while count < starts and (count < MIN_TURN or now() < until):
        begin = now()
        child = start(PROGRAM)
        returned = now() - begin
        child.wait()
        over = now() - begin
        if count > 0 or starts == 1:
            held.append(returned)
            exited.append(over)
        count += 1


def time_one(_, program):
    begin = now()
    child = start(program)
    returned = now() - begin
    child.wait()
    return {"held": returned, "execed": returned, "exited": now() - begin}


def rate(_, in_flight, milliseconds):
    in_flight = int(in_flight)
    begin = now()
    until = begin + float(milliseconds) * 1e3
    running = {}
    started = 0
    while True:
        while len(running) < in_flight and (started < in_flight or now() < until):
            child = start(PROGRAM)
            running[child.pid] = child
            started += 1
        if not running:
            return {"perSecond": started / (now() - begin) * 1e6}
        pid, status = os.wait()
        running.pop(pid).returncode = status


def live(_, sleeper, count):
    count = int(count)
    before = resident()
    children, times = [], []
    for _ in range(count):
        begin = now()
        children.append(start(sleeper))
        times.append(now() - begin)
    memory = resident() - before
    ends = [end([children.pop()]) for _ in range(min(HUNDRED, count // 2))]
    return {
        "start": middle(times[-HUNDRED:]),
        "end": middle(ends),
        "endTogether": end(children),
        "memory": memory / count,
    }


def end(children):
    begin = now()
    for child in children:
        child.send_signal(signal.SIGKILL)
    for child in children:
        child.wait()
    return (now() - begin) / len(children)


def middle(times):
    return sorted(times)[len(times) // 2]


def say(answer):
    print(json.dumps(answer), flush=True)


occupied = occupy(int(sys.argv[1]), int(sys.argv[2]))
say({"resident": resident(), "descriptors": open_descriptors()})
for line in sys.stdin:
    task, *arguments = line.split()
    say({"one": one, "time": time_one, "rate": rate, "live": live}[task](*arguments))
