"""Backups that count only once they were restored and compared with what they were made of."""
