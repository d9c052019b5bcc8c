"""The root of the error tree. Every error says what happened and what to do; none knows HTTP."""


class ZhenweiError(Exception):
    """Root of everything this product raises on purpose. Each argument is a line of the message, nearly always one.

    ZhenweiError
    +-- KnowledgeInvalid     features/knowledge: a TOML file breaks its schema or refers to nothing
    +-- ListingRejected      features/intake: a listing cannot be read; carries JSON pointers
    +-- FileRejected         features/tables: a file is none, half of one, or no format we read
    +-- BundleError          models/errors: tampered, stale, future or missing bundle
    +-- TrainingError        training: a file that cannot be learned from
    """

    def __str__(self) -> str:
        """The lines."""
        return "\n".join(map(str, self.args))
