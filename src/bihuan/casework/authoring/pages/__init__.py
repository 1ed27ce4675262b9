"""What the pages of the author's desk show."""
