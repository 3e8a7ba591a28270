"""Campaigns: very many cases of many units, on one machine or several, with results that survive a kill."""
