"""The ledger: an append-only record, in SQL, of everything that was answered, told and changed."""
