"""What an auditor needs: the log, a case as it stood, the catalogue of exceptions, samples, the daily digests."""
