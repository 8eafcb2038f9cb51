"""Reviews in processes of their own: one worker a file at a time, and the queue that feeds several from the store."""
