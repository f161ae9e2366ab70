"""Cash receipts: a row from the payment on (`money_moved`), which a worker brings in line with what the shop keeps
(`settle`); what an operator can ask for (`again`)."""
