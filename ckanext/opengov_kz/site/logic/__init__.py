"""What the frame reads from the portal: figures of home, and names of publishers and categories."""
