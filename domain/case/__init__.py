"""The case (事件): one citizen's matter from report to assessment."""
