"""The rooms of folding: tables for single characters, a draft with alignment, and the finders of evasive spelling."""
