"""Cases: their ids, the arrays that follow from an id, designed and random cases, and making a failing case smaller."""
