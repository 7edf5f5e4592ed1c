"""What each event of a case replaced: every state a case ever had but its present one."""
