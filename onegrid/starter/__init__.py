"""What every county begins with: duty hours, promised times, categories, departments, texts."""
