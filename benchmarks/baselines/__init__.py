"""What the bars compare with: the least that a Flask view, a Celery task and a synchronous view could do.

The sources of this package are frozen: decision 45 lists their hashes, and a test compares them. Whoever changes one
measures the bars with the old source and with the new one, and writes both figures down there.
"""
