def deliver(course, size, out):
    for c in course.checks:
        print(c.name, len(c.losses), c.losses[:6])
    print(course.is_quiet, course.broken[:2], course.calm - course.began, course.quiet - course.calm)
    print(course.notes.heard)
    import collections

    print(collections.Counter(s["status"] for s in course.evidence.sessions.values()))
    print(collections.Counter((c["kind"], c["stage"]) for c in course.evidence.cancellations))
    for n in course.notes.of("ended by itself", "could not start", "gave up"):
        print(n)
