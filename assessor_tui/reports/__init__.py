"""What reviewers and sites read. Nothing is imported here: ``reports.html.write_report`` does the work."""
