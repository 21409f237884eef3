"""Types of the Responses API; each module is imported when it is used."""
