"""The shadow: a candidate bundle scores the traffic of the one that answers, in a process of its own.

scoring -> what the process does; companion -> how a worker keeps it; report -> what came of it.
"""
